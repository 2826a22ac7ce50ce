import{L as e,N as t}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};
