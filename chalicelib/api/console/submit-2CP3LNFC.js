import{a as t,b as e}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function f(){return t(e,{title:"Submit",children:"\u2026"})}export{f as default};
