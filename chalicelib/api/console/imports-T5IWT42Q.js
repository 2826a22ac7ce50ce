import{S as o,a as t}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
