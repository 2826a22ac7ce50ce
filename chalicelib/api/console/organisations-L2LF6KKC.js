import{L as t,N as o}from"./chunk-D3S7WPFR.js";import"./chunk-2WTMYVGC.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
