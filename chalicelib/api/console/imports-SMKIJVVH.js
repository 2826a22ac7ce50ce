import{a as t,b as o}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
