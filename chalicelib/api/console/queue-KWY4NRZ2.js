import{a as e,b as t}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function u(){return e(t,{title:"Queue",children:"\u2026"})}export{u as default};
