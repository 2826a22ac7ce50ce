import{a as o,b as t}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function r(){return o(t,{title:"Macros",children:"\u2026"})}export{r as default};
