import{Aa as e,Ca as o}from"./chunk-XPZEU65A.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
