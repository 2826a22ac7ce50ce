import{S as o,a as t}from"./chunk-HF3HKYU3.js";import"./chunk-2WTMYVGC.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
