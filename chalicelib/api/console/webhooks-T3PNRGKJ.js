import{a as o,b as e}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function f(){return o(e,{title:"Webhooks",children:"\u2026"})}export{f as default};
