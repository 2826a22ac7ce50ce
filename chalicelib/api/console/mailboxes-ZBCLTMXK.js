import{L as e,N as o}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
