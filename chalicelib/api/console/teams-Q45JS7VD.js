import{a as e,b as t}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};
