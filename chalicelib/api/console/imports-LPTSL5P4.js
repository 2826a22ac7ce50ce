import{$a as t,bb as o}from"./chunk-YGW6L6VE.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
