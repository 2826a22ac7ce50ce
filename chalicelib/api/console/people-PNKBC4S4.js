import{L as e,N as o}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
