import{L as o,N as e}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function f(){return o(e,{title:"Webhooks",children:"\u2026"})}export{f as default};
