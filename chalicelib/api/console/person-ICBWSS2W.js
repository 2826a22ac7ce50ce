import{$a as e,bb as o}from"./chunk-YGW6L6VE.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
