import{$a as e,bb as t}from"./chunk-YGW6L6VE.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
