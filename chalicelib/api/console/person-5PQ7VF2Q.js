import{$a as o,Za as e}from"./chunk-PPOHRCTQ.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
