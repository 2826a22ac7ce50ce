import{L as e,N as t}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function n(){return e(t,{title:"Signed in",children:"\u2026"})}export{n as default};
