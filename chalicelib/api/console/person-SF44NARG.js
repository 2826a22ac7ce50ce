import{L as e,N as o}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function r(){return e(o,{title:"Person",children:"\u2026"})}export{r as default};
