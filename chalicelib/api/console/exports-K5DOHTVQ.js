import{L as t,N as o}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function r(){return t(o,{title:"Exports",children:"\u2026"})}export{r as default};
