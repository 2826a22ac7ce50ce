import{S as t,a as o}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function r(){return o(t,{title:"Forgot",children:"\u2026"})}export{r as default};
