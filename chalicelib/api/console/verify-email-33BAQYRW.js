import{a as e,b as t}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function i(){return e(t,{title:"Verify email",children:"\u2026"})}export{i as default};
