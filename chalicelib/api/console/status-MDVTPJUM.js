import{a as t,b as e}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function a(){return t(e,{title:"Status",children:"\u2026"})}export{a as default};
