import{a as t,b as o}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function f(){return t(o,{title:"Audit log",children:"\u2026"})}export{f as default};
