import{S as e,a as t}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};
