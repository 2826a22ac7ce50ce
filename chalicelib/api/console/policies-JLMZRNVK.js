import{L as e,N as o}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function i(){return e(o,{title:"Policies",children:"\u2026"})}export{i as default};
