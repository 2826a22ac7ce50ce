import{S as t,a as e}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function i(){return e(t,{title:"Verify email",children:"\u2026"})}export{i as default};
