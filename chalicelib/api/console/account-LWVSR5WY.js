import{L as t,N as o}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function f(){return t(o,{title:"Account",children:"\u2026"})}export{f as default};
