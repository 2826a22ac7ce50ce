import{L as e,N as t}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function u(){return e(t,{title:"Queue",children:"\u2026"})}export{u as default};
