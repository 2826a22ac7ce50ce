import{S as t,a as e}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function u(){return e(t,{title:"Queue",children:"\u2026"})}export{u as default};
