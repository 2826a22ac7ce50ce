import{S as o,a as t}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function e(){return t(o,{title:"Organisations",children:"\u2026"})}export{e as default};
