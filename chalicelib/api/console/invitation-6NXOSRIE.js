import{L as t,N as o}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function i(){return t(o,{title:"Invitation",children:"\u2026"})}export{i as default};
