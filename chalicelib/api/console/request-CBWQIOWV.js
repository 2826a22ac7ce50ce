import{L as e,N as t}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function f(){return e(t,{title:"Request",children:"\u2026"})}export{f as default};
