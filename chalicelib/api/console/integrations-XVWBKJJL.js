import{a as t,b as e}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
