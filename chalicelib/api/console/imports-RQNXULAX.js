import{$a as o,Za as t}from"./chunk-PPOHRCTQ.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
