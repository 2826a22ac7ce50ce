import{L as t,N as e}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function f(){return t(e,{title:"Submit",children:"\u2026"})}export{f as default};
