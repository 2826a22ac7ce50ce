import{S as t,a as o}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
