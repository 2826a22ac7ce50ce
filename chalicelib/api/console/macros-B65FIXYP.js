import{L as o,N as t}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function r(){return o(t,{title:"Macros",children:"\u2026"})}export{r as default};
