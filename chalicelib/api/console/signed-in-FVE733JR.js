import{a as e,b as t}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function n(){return e(t,{title:"Signed in",children:"\u2026"})}export{n as default};
