import{a as e,b as o}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
