import{$a as t,Za as e}from"./chunk-PPOHRCTQ.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
