import{L as e,N as t}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
