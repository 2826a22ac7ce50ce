import{S as o,a as e}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
