import{L as t,N as e}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function a(){return t(e,{title:"Rate",children:"\u2026"})}export{a as default};
