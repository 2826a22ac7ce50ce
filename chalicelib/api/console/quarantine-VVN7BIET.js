import{L as t,N as e}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function n(){return t(e,{title:"Quarantine",children:"\u2026"})}export{n as default};
