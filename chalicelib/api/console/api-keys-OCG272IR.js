import{a as e,b as t}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function f(){return e(t,{title:"Api keys",children:"\u2026"})}export{f as default};
