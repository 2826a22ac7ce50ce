import{L as e,N as t}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function i(){return e(t,{title:"Verify email",children:"\u2026"})}export{i as default};
