import{S as t,a as e}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function r(){return e(t,{title:"New request",children:"\u2026"})}export{r as default};
