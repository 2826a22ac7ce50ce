import{S as t,a as e}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};
