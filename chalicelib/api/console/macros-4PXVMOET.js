import{Aa as o,Ca as t}from"./chunk-XPZEU65A.js";function r(){return o(t,{title:"Macros",children:"\u2026"})}export{r as default};
