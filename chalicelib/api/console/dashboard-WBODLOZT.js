import{L as o,N as t}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
