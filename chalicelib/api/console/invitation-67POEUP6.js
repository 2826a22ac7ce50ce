import{S as o,a as t}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function i(){return t(o,{title:"Invitation",children:"\u2026"})}export{i as default};
